#include "../files.h"
#include "../sparse_copy.h"

#include "environment.h"

namespace {

Napi::Value memfd(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    UniqueFd fd = create_memfd(text(info[0]), static_cast<uint64_t>(info[1].As<Napi::Number>().Int64Value()));
    return to_number(info.Env(), fd);
  });
}

Napi::Value seal(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] { return seal_memfd(integer(info[0])), info.Env().Undefined(); });
}

Napi::Value try_lock(const Napi::CallbackInfo& info) {
  return Task<UniqueFd>::run(info.Env(), [path = text(info[0])] { return try_flock(path); }, to_number);
}

Napi::Value copy(const Napi::CallbackInfo& info) {
  return Task<uint64_t>::run(
      info.Env(), [from = integer(info[0]), to = integer(info[1])] { return copy_data(from, to); },
      [](Napi::Env env, uint64_t& total) { return Napi::Number::New(env, static_cast<double>(total)); });
}

}  // namespace

void export_files(Napi::Env env, Napi::Object exports) {
  exports.Set("memfd", Napi::Function::New(env, memfd));
  exports.Set("sealMemfd", Napi::Function::New(env, seal));
  exports.Set("tryFlock", Napi::Function::New(env, try_lock));
  exports.Set("copyData", Napi::Function::New(env, copy));
}
