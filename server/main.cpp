// One request, from here: serve() builds the house (serve.cpp), a door hands it to
// rest_factory.cpp, which decodes it and calls IssuanceService::issue; from there the line runs
// straight to the record and back the way it came.
#include "ca/domain/clock.h"
#include "server/command_line.h"

int main(int argc, char** argv) {
    const hallmark::SystemClock clock;
    return hallmark::run_command_line(argc, argv, clock);
}
