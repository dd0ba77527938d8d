using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using GripProxy.Plugins.Nodes;
using GripProxy.Plugins.State;

namespace GripProxy.Plugins;

/// <summary>How the values of this project become JSON and back; generated, so that a native program needs no reflection for it.</summary>
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(double))]
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(Dictionary<string, Dictionary<string, int>>))]
[JsonSerializable(typeof(TenantRecord))]
[JsonSerializable(typeof(KeyRecord))]
[JsonSerializable(typeof(PackageRecord))]
[JsonSerializable(typeof(ApprovalRecord))]
[JsonSerializable(typeof(InstallRecord))]
[JsonSerializable(typeof(NumbersRecord))]
[JsonSerializable(typeof(StepRecord))]
[JsonSerializable(typeof(LastGoodRecord))]
[JsonSerializable(typeof(AuditEntry))]
[JsonSerializable(typeof(NodeReport))]
[JsonSerializable(typeof(LeftoverRecord))]
[JsonSerializable(typeof(SwitchRecord))]
internal sealed partial class PluginJson : JsonSerializerContext;
