"""Training of the decoder of nst.fast: crops of photographs and paintings -> objective -> training."""
