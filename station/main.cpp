#include "station/commands.h"

#include <cstdlib>

int main(int count, char** words) {
    // tpm2-tss logs what we ask for and do not find; faults are told by us. Whoever debugs sets it
    // before.
    setenv("TSS2_LOG", "all+none", 0);
    const hallmark::SystemClock clock;
    return hallmark::run_station(count, words, clock, HALLMARK_VERSION);
}
