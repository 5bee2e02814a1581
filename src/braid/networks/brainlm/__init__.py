"""BrainLM (Ortega Caro et al. 2024): hidden states of a masked autoencoder of brain responses."""
