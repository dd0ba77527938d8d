namespace GripProxy.Plugins.Engine;

/// <summary>Why a package cannot be compiled (plugins-api.md §1.4). Immutable.</summary>
/// <param name="Code"><c>compile_error</c>, or <c>import_refused</c> for a module that plugins are not given.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="File">The file.</param>
/// <param name="Line">Its line, from 1, or null.</param>
/// <param name="Column">Its column, from 1, or null.</param>
/// <param name="Text">The line's text, or null.</param>
internal sealed record CompileProblem(string Code, string Message, string File, int? Line, int? Column, string? Text)
{
    /// <summary>For people: place, problem, and the line's text below.</summary>
    public override string ToString()
    {
        var place = Line is null ? File : $"{File}:{Line}:{Column}";
        return Text is null ? $"{place}: {Message}" : $"{place}: {Message}\n    {Text.Trim()}";
    }
}
