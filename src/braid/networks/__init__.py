"""Networks that are trained here: brain encoders, text models tuned with brain data, transfer."""
