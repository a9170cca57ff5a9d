#include "environment.h"

Environment::Environment(Napi::Env env) {
  // Before the environment goes, the thread that could still call into it has ended.
  env.AddCleanupHook([this] {
    if (!processes) return;
    processes.reset();
    process_ended.Release();
  });
}

Napi::Error Environment::error(const SystemError& error) const {
  const Napi::Env env = make_error.Env();
  const Napi::Value value = make_error.Call(
      {Napi::Number::New(env, error.number), Napi::String::New(env, error.syscall), Napi::String::New(env, error.what())});
  return Napi::Error(env, value);
}

Napi::Value to_number(Napi::Env env, UniqueFd& fd) {
  return fd ? Napi::Value(Napi::Number::New(env, fd.release())) : env.Undefined();
}

Napi::Value to_undefined(Napi::Env env, Nothing&) { return env.Undefined(); }
