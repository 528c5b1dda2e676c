/*
 * no-symbol.c: a shared object, but no plugin.
 */
extern int nothing_of_interest;
int nothing_of_interest = 1;
