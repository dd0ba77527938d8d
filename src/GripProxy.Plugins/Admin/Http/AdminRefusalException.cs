namespace GripProxy.Plugins.Admin.Http;

/// <summary>Ends the handling of a request with a problem, from wherever it is found: also within a change of the state, which then is not made.</summary>
internal sealed class AdminRefusalException(AdminAnswer answer) : Exception(answer.Code)
{
    /// <summary>The answer.</summary>
    public AdminAnswer Answer => answer;
}
