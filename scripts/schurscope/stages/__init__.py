"""The stages after training: datasets in, datasets out.

What the workflow's rules and ``schurscope profile`` have in common, for networks that were trained here or elsewhere.
"""
