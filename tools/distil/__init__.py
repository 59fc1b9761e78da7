"""Distillation of VGG-19 into the Pocket VGG-19: same topology and layer names, narrow channels.

photographs -> states (what an optimizer makes of them) -> network, lessons (what the student says, what it should)
-> start, objective -> training -> artifact.
"""
