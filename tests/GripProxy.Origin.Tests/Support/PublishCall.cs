namespace GripProxy.Origin.Tests.Support;

public sealed record PublishCall(string Method, string Target, string Authorization, string? ContentType, string Body);
