#pragma once

#include <cerrno>
#include <stdexcept>
#include <string>

// A failed system call. Turned into a JavaScript error (code, errno, syscall) at the border, see bindings/environment.h.
struct SystemError : std::runtime_error {
  int number;
  const char* syscall;  // a literal

  SystemError(const char* syscall, std::string detail = "", int number = errno)
      : std::runtime_error(std::move(detail)), number(number), syscall(syscall) {}
};

// Passes a system call's result through, or throws what errno says.
template <typename Result>
Result check(Result result, const char* syscall, const std::string& detail = "") {
  if (result < 0) throw SystemError(syscall, detail);
  return result;
}
