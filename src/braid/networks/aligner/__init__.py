"""Text models tuned with brain vectors: BrainAligner (jh250088), BrainLM (Luo & Kobayashi 2025)."""
