#include "../forward/forwarder.h"

#include "../sockets.h"
#include "environment.h"

namespace {

// JavaScript holds an External of this; a task holds a share for as long as it runs.
using Shared = std::shared_ptr<Forwarder>;

Shared& shared(const Napi::Value& handle) { return *handle.As<Napi::External<Shared>>().Data(); }

// (netns) → handle
Napi::Value create(const Napi::CallbackInfo& info) {
  return Task<Shared>::run(
      info.Env(), [netns = text(info[0])] { return std::make_shared<Forwarder>(netns); },
      [](Napi::Env env, Shared& forwarder) -> Napi::Value {
        return Napi::External<Shared>::New(env, new Shared(forwarder), [](Napi::Env, Shared* owned) { delete owned; });
      });
}

// (handle, fd, isStream, isIPv6, address, port) → id; the descriptor is taken over, whatever happens.
Napi::Value add_forward(const Napi::CallbackInfo& info) {
  auto socket = std::make_shared<UniqueFd>(integer(info[1]));
  const bool is_stream = info[2].ToBoolean();
  const int family = info[3].ToBoolean() ? AF_INET6 : AF_INET;
  return Task<uint32_t>::run(
      info.Env(),
      [forwarder = shared(info[0]), socket, is_stream, family, address = text(info[4]), port = integer(info[5])] {
        Target target;
        target.size = parse_address(family, address, port, &target.address);
        return forwarder->add(std::move(*socket), is_stream, target);
      },
      [](Napi::Env env, uint32_t& id) -> Napi::Value { return Napi::Number::New(env, id); });
}

Napi::Value remove_forward(const Napi::CallbackInfo& info) {
  return Task<Nothing>::run(
      info.Env(),
      [forwarder = shared(info[0]), id = info[1].As<Napi::Number>().Uint32Value()] {
        return forwarder->remove(id), Nothing();
      },
      to_undefined);
}

// Lets go of the forwarder; its thread ends when no task uses it any more.
Napi::Value close_forwarder(const Napi::CallbackInfo& info) {
  return Task<Nothing>::run(
      info.Env(), [forwarder = std::make_shared<Shared>(std::move(shared(info[0])))] { return forwarder->reset(), Nothing(); },
      to_undefined);
}

}  // namespace

void export_forwarder(Napi::Env env, Napi::Object exports) {
  exports.Set("createForwarder", Napi::Function::New(env, create));
  exports.Set("addForward", Napi::Function::New(env, add_forward));
  exports.Set("removeForward", Napi::Function::New(env, remove_forward));
  exports.Set("closeForwarder", Napi::Function::New(env, close_forwarder));
}
