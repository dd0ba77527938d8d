namespace GripProxy.OriginSample;

/// <summary>Who has the page open at one moment. Immutable.</summary>
/// <param name="Version">Increases with every change: an answer and an event may overtake each other, the greater one is right.</param>
/// <param name="People">By name.</param>
internal sealed record PeopleList(long Version, IReadOnlyList<Person> People);
