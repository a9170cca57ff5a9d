#include "bindings/environment.h"

// Exports only. `initialize(makeError)` comes before any other call.
static Napi::Object init(Napi::Env env, Napi::Object exports) {
  env.SetInstanceData(new Environment(env));
  exports.Set("initialize", Napi::Function::New(env, [](const Napi::CallbackInfo& info) {
                Environment::of(info.Env()).make_error = Napi::Persistent(info[0].As<Napi::Function>());
              }));
  export_network(env, exports);
  export_files(env, exports);
  export_processes(env, exports);
  export_forwarder(env, exports);
  return exports;
}

NODE_API_MODULE(native, init)
