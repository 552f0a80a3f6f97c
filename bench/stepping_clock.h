// Included before a reference program when its instructions are counted: its steady clock goes 1/1024 s further at each
// look, so that the program does the same work in every run; at the look after STEPS the program ends.
#include <chrono>
#include <cstdlib>

namespace std::chrono {
struct stepping_clock {
    static time_point<steady_clock, duration<double, nano>> now() {
        static const long last = atol(getenv("STEPS"));
        static long step = 0;
        if (step == last) exit(0);
        return time_point<steady_clock, duration<double, nano>>(duration<double, nano>(step++ * (1e9 / 1024)));
    }
};
}

#define steady_clock stepping_clock
