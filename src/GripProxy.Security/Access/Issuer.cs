using GripProxy.Security.Keys;

namespace GripProxy.Security.Access;

/// <summary>One issuer of tokens. Immutable, apart from a key set in a file, which renews itself.</summary>
internal sealed record Issuer(string Name, IssuerKeys Keys, ChannelScope Scope);
