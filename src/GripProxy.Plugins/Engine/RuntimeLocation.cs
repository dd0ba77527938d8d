namespace GripProxy.Plugins.Engine;

/// <summary>Where the JavaScript runtime lies. Immutable.</summary>
/// <param name="Deno">The Deno program itself, not the script of npm that starts it.</param>
/// <param name="Babel">The text of Babel that the compiler runs on.</param>
internal sealed record RuntimeLocation(string Deno, string Babel);
