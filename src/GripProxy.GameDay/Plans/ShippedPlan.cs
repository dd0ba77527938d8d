namespace GripProxy.GameDay.Plans;

/// <summary>The plans that come with the program.</summary>
internal static class ShippedPlan
{
    /// <summary>A plan as text.</summary>
    /// <param name="kind"><c>events</c> or <c>publish</c>.</param>
    /// <exception cref="PlanException">There is none of this kind.</exception>
    public static string Read(string kind)
    {
        using var stream = typeof(ShippedPlan).Assembly.GetManifestResourceStream(kind + ".json") ?? throw new PlanException([$"there is no plan '{kind}'; there are events and publish"]);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
