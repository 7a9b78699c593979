"""What is measured, side by side in one run, as ratios: `make bench`. docs/performance.md shows the results."""
