"""What people look at: figures, tables, the page "Can this profile be trusted?"."""
