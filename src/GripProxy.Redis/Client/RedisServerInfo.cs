namespace GripProxy.Redis.Client;

/// <summary>Which server process serves a key. Immutable.</summary>
/// <param name="RunId">Its identity; another one after every start.</param>
/// <param name="Version">Its version.</param>
internal sealed record RedisServerInfo(string RunId, Version Version);
