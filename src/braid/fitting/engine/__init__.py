"""The ridge engine: places of rows, decompositions, compressed penalties, blocks of voxels."""
