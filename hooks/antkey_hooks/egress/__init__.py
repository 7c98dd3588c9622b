"""`antkey egress run`: a command under the interceptor, once for each scenario, and the verdict."""
