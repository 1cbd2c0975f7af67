"""A controller exported as an FMU (FMI 2.0 and 3.0, co-simulation) as a flight program: --gnc fmu:controller.fmu."""
