#pragma once

#include <napi.h>

#include <functional>
#include <memory>

#include "../process_watch.h"
#include "../system_error.h"
#include "../unique_fd.h"

// The addon's state in one JavaScript environment (main thread or worker): nothing is shared between them.
class Environment {
 public:
  explicit Environment(Napi::Env env);
  static Environment& of(Napi::Env env) { return *env.GetInstanceData<Environment>(); }

  // Made by JavaScript's `makeError(errno, syscall, detail)`, so that native code throws the package's own type.
  Napi::Error error(const SystemError& error) const;

  Napi::FunctionReference make_error;
  std::unique_ptr<ProcessWatch> processes;
  Napi::ThreadSafeFunction process_ended;
  uint32_t watched_processes = 0;
};

// Runs `work` and throws what it throws as a JavaScript error. For calls that cannot wait.
template <typename Work>
auto guarded(Napi::Env env, Work work) {
  try {
    return work();
  } catch (const SystemError& error) {
    throw Environment::of(env).error(error);
  }
}

// Runs `work` on libuv's pool, then `convert` on the JavaScript thread; the promise is settled with what they give.
template <typename Result>
class Task : public Napi::AsyncWorker {
 public:
  using Work = std::function<Result()>;
  using Convert = std::function<Napi::Value(Napi::Env, Result&)>;

  static Napi::Value run(Napi::Env env, Work work, Convert convert) {
    auto* task = new Task(env, std::move(work), std::move(convert));  // deletes itself when done
    task->Queue();
    return task->deferred_.Promise();
  }

 private:
  Task(Napi::Env env, Work work, Convert convert)
      : AsyncWorker(env), deferred_(env), work_(std::move(work)), convert_(std::move(convert)) {}

  void Execute() override {
    try {
      result_ = work_();
    } catch (const SystemError& error) {
      error_ = std::make_unique<SystemError>(error);
    }
  }
  void OnOK() override {
    if (error_)
      deferred_.Reject(Environment::of(Env()).error(*error_).Value());
    else
      deferred_.Resolve(convert_(Env(), result_));
  }

  Napi::Promise::Deferred deferred_;
  Work work_;
  Convert convert_;
  Result result_{};
  std::unique_ptr<SystemError> error_;
};

// The usual conversions: a descriptor goes over into JavaScript's ownership; nothing becomes undefined.
Napi::Value to_number(Napi::Env env, UniqueFd& fd);
struct Nothing {};
Napi::Value to_undefined(Napi::Env env, Nothing& nothing);

// Arguments are checked in lib/; these only read them.
inline std::string text(const Napi::Value& value) { return value.As<Napi::String>().Utf8Value(); }
inline int integer(const Napi::Value& value) { return value.As<Napi::Number>().Int32Value(); }

void export_network(Napi::Env env, Napi::Object exports);
void export_files(Napi::Env env, Napi::Object exports);
void export_processes(Napi::Env env, Napi::Object exports);
void export_forwarder(Napi::Env env, Napi::Object exports);
