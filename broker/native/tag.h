// What a completion queue gives back: an operation that completed.
#pragma once

namespace broker::native {

// `Complete` runs on the loop's thread, once for each operation started with this tag.
class Tag {
 public:
  virtual void Complete(bool ok) = 0;

 protected:
  ~Tag() = default;
};

// An object with several kinds of operations has one of these for each of them.
template <class T, void (T::*kMember)(bool)>
class MemberTag final : public Tag {
 public:
  explicit MemberTag(T& object) : object_(object) {}
  void Complete(bool ok) override { (object_.*kMember)(ok); }

 private:
  T& object_;
};

}  // namespace broker::native
