// The bodies of the doors; the reader itself is ca/json's.
#pragma once

#include "ca/json/body.h"
