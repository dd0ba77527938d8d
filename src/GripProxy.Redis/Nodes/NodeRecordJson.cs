using System.Text.Json.Serialization;
using GripProxy.Channels.Nodes;

namespace GripProxy.Redis.Nodes;

/// <summary>How a node's record is written to Redis; generated, so that a native program needs no reflection for it.</summary>
[JsonSerializable(typeof(NodeRecord))]
internal sealed partial class NodeRecordJson : JsonSerializerContext;
