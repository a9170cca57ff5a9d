#include "environment.h"

namespace {

// Waits keep the event loop alive, as child processes do; without any it may end.
void count(Napi::Env env, int change) {
  Environment& environment = Environment::of(env);
  environment.watched_processes += static_cast<uint32_t>(change);
  if (environment.watched_processes == 0)
    environment.process_ended.Unref(env);
  else
    environment.process_ended.Ref(env);
}

// onProcessEnd(id): called once, before the first watch.
Napi::Value start(const Napi::CallbackInfo& info) {
  Environment& environment = Environment::of(info.Env());
  environment.process_ended =
      Napi::ThreadSafeFunction::New(info.Env(), info[0].As<Napi::Function>(), "process watch", 0, 1);
  environment.process_ended.Unref(info.Env());
  environment.processes = std::make_unique<ProcessWatch>([tell = environment.process_ended](uint32_t id) {
    tell.NonBlockingCall([id](Napi::Env env, Napi::Function callback) {
      count(env, -1);
      callback.Call({Napi::Number::New(env, id)});
    });
  });
  return info.Env().Undefined();
}

Napi::Value watch(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const uint32_t id = Environment::of(info.Env()).processes->watch(integer(info[0]));
    count(info.Env(), +1);
    return Napi::Number::New(info.Env(), id);
  });
}

Napi::Value cancel(const Napi::CallbackInfo& info) {
  const bool cancelled =
      Environment::of(info.Env()).processes->cancel(info[0].As<Napi::Number>().Uint32Value());
  if (cancelled) count(info.Env(), -1);
  return Napi::Boolean::New(info.Env(), cancelled);
}

}  // namespace

void export_processes(Napi::Env env, Napi::Object exports) {
  exports.Set("onProcessEnd", Napi::Function::New(env, start));
  exports.Set("watchProcess", Napi::Function::New(env, watch));
  exports.Set("cancelProcessWatch", Napi::Function::New(env, cancel));
}
