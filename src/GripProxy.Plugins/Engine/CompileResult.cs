namespace GripProxy.Plugins.Engine;

/// <summary>What became of a compilation: one of the two is there. Immutable.</summary>
/// <param name="Code">The modules.</param>
/// <param name="Problem">What is wrong.</param>
internal sealed record CompileResult(PluginCode? Code, CompileProblem? Problem);
