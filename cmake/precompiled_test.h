// What nearly every test wants besides (docs/decisions/0003).
#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "precompiled.h"
