// Exists so that the precompiled header is built once and reused by every library.
namespace postroom {
void pch_host();
void pch_host() {}
}  // namespace postroom
