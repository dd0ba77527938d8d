using System.Text.Json.Serialization;
using GripProxy.SignalR.Hubs;

namespace GripProxy.SignalR.Protocols;

/// <summary>How arguments and results of the hub are read and written without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(SubscribeOptions))]
internal sealed partial class HubJson : JsonSerializerContext;
