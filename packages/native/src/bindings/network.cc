#include "../netlink.h"
#include "../netns.h"
#include "../sockets.h"
#include "../tap.h"
#include "environment.h"

namespace {

Napi::Value create_netns_async(const Napi::CallbackInfo& info) {
  return Task<Nothing>::run(
      info.Env(), [path = text(info[0])] { return create_netns(path), Nothing(); }, to_undefined);
}

Napi::Value remove_netns_async(const Napi::CallbackInfo& info) {
  return Task<Nothing>::run(
      info.Env(), [path = text(info[0])] { return remove_netns(path), Nothing(); }, to_undefined);
}

Napi::Value write_sysctl_async(const Napi::CallbackInfo& info) {
  return Task<Nothing>::run(
      info.Env(),
      [netns = text(info[0]), name = text(info[1]), value = text(info[2])] {
        return write_sysctl(netns, name, value), Nothing();
      },
      to_undefined);
}

// (netns, name, bridge, vnetHdr, mtu)
Napi::Value open_tap_async(const Napi::CallbackInfo& info) {
  const TapOptions options{text(info[0]), text(info[1]), text(info[2]), info[3].ToBoolean(), integer(info[4])};
  return Task<UniqueFd>::run(info.Env(), [options] { return open_tap(options); }, to_number);
}

// (netns, name, bridge, mtu)
Napi::Value set_up_tap_async(const Napi::CallbackInfo& info) {
  const TapOptions options{text(info[0]), text(info[1]), text(info[2]), true, integer(info[3])};
  return Task<Nothing>::run(info.Env(), [options] { return set_up_tap(options), Nothing(); }, to_undefined);
}

// (netns, isIPv6, isStream, address, port, device, backlog)
Napi::Value bind_inet_async(const Napi::CallbackInfo& info) {
  const InetSocketOptions options{text(info[0]),
                                  info[1].ToBoolean() ? AF_INET6 : AF_INET,
                                  info[2].ToBoolean() ? SOCK_STREAM : SOCK_DGRAM,
                                  text(info[3]),
                                  integer(info[4]),
                                  text(info[5]),
                                  integer(info[6])};
  return Task<UniqueFd>::run(info.Env(), [options] { return bind_inet(options); }, to_number);
}

Napi::Value local_port_now(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] { return Napi::Number::New(info.Env(), local_port(integer(info[0]))); });
}

Napi::Value listen_unix_now(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    UniqueFd fd = listen_unix(text(info[0]), integer(info[1]));
    return to_number(info.Env(), fd);
  });
}

Napi::Value connect_unix_now(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    UniqueFd fd = connect_unix(text(info[0]));
    return to_number(info.Env(), fd);
  });
}

// (socket, bytes, descriptor)
Napi::Value send_descriptor_now(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const auto bytes = info[1].As<Napi::Uint8Array>();
    send_descriptor(integer(info[0]), bytes.Data(), bytes.ByteLength(), integer(info[2]));
    return info.Env().Undefined();
  });
}

Napi::Value socket_pair_now(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    auto [first, second] = socket_pair();
    auto pair = Napi::Array::New(info.Env(), 2);
    pair.Set(0u, to_number(info.Env(), first));
    pair.Set(1u, to_number(info.Env(), second));
    return pair;
  });
}

// (netns, requests, count)
Napi::Value rtnetlink_async(const Napi::CallbackInfo& info) {
  const auto buffer = info[1].As<Napi::Uint8Array>();
  std::vector<uint8_t> requests(buffer.Data(), buffer.Data() + buffer.ByteLength());
  return Task<std::vector<uint8_t>>::run(
      info.Env(),
      [netns = text(info[0]), requests = std::move(requests), count = static_cast<unsigned>(integer(info[2]))] {
        return rtnetlink(netns, requests, count);
      },
      [](Napi::Env env, std::vector<uint8_t>& answers) -> Napi::Value {
        return Napi::Buffer<uint8_t>::Copy(env, answers.data(), answers.size());
      });
}

}  // namespace

void export_network(Napi::Env env, Napi::Object exports) {
  exports.Set("createNetns", Napi::Function::New(env, create_netns_async));
  exports.Set("removeNetns", Napi::Function::New(env, remove_netns_async));
  exports.Set("writeSysctl", Napi::Function::New(env, write_sysctl_async));
  exports.Set("openTap", Napi::Function::New(env, open_tap_async));
  exports.Set("setUpTap", Napi::Function::New(env, set_up_tap_async));
  exports.Set("connectUnix", Napi::Function::New(env, connect_unix_now));
  exports.Set("sendDescriptor", Napi::Function::New(env, send_descriptor_now));
  exports.Set("bindInet", Napi::Function::New(env, bind_inet_async));
  exports.Set("localPort", Napi::Function::New(env, local_port_now));
  exports.Set("listenUnix", Napi::Function::New(env, listen_unix_now));
  exports.Set("socketPair", Napi::Function::New(env, socket_pair_now));
  exports.Set("rtnetlink", Napi::Function::New(env, rtnetlink_async));
}
