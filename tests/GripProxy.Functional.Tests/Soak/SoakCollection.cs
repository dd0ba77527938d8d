namespace GripProxy.Functional.Tests.Soak;

/// <summary>Runs alone, after all other tests: they would be in each other's way.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SoakCollection
{
    public const string Name = "soak";
}
