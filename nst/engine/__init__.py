"""The engine: optimisation-based style transfer, fast on a processor without a graphics card."""
