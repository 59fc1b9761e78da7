"""How the bundled pictures are made: noise, light, solids, brushes, and one module for each picture."""
