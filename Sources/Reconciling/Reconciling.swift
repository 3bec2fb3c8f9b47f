// Reconciling
