"""VGG-19 and Pocket VGG-19: names of layers, weight files, the networks."""
