"""Which couplings can a trained recurrent network lose?"""
