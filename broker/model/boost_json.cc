// The one translation unit that Boost.JSON is compiled in; everybody else includes its headers only.
#include <boost/json/src.hpp>
