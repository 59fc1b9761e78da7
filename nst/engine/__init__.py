"""The engine: style transfer by optimization, fast on a processor without a graphics card."""
