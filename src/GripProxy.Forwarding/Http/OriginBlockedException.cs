namespace GripProxy.Forwarding.Http;

/// <summary>The policy <c>untrusted</c> forbids every address of a host (RTE-34). Travels through the HTTP client as the cause of its error.</summary>
internal sealed class OriginBlockedException(string host) : IOException($"every address of {host} is private");
