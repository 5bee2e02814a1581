"""One module per simulated data set, beside the parts that it is made of."""
