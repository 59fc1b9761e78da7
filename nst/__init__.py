"""Neural Style Transfer: pictures, networks and everything that touches disk, network or screen."""
