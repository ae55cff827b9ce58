"""The functions of a submission, called as if they were local.

- remote: in a cell; claims: what its worker says, not believed; operands: what goes into a call
- local: in this very process (tier T0)
"""
