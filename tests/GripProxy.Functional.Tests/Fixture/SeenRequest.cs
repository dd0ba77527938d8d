namespace GripProxy.Functional.Tests.Fixture;

/// <summary>A request as it arrived at an origin. Immutable.</summary>
public sealed record SeenRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public string? Header(string name) => Headers.GetValueOrDefault(name);
}
